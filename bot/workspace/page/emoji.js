// Shortcodes that a supply room uses, and the common ones beside them.
const TABLE = `+1 👍|-1 👎|thumbsup 👍|thumbsdown 👎|ok_hand 👌|clap 👏|raised_hands 🙌|pray 🙏|wave 👋|muscle 💪|point_right 👉|point_left 👈|point_up ☝️|point_down 👇|eyes 👀|tada 🎉|sparkles ✨|star ⭐|fire 🔥|rocket 🚀|heart ❤️|broken_heart 💔|100 💯|
smile 😄|slightly_smiling_face 🙂|grinning 😀|joy 😂|wink 😉|blush 😊|thinking_face 🤔|neutral_face 😐|confused 😕|cry 😢|sob 😭|sweat_smile 😅|tired_face 😫|face_with_monocle 🧐|sunglasses 😎|
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|no_entry ⛔|no_entry_sign 🚫|warning ⚠️|rotating_light 🚨|exclamation ❗|question ❓|information_source ℹ️|bangbang ‼️|stop_sign 🛑|construction 🚧|
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|white_circle ⚪|black_circle ⚫|large_orange_diamond 🔶|small_blue_diamond 🔹|large_green_square 🟩|large_red_square 🟥|large_yellow_square 🟨|
package 📦|inbox_tray 📥|outbox_tray 📤|truck 🚚|ambulance 🚑|hospital 🏥|syringe 💉|pill 💊|stethoscope 🩺|adhesive_bandage 🩹|drop_of_blood 🩸|test_tube 🧪|petri_dish 🧫|dna 🧬|microscope 🔬|gloves 🧤|lab_coat 🥼|goggles 🥽|mask 😷|scissors ✂️|thermometer 🌡️|bed 🛏️|baby 👶|
label 🏷️|barcode 🏷️|bar_chart 📊|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|clipboard 📋|memo 📝|pencil2 ✏️|page_facing_up 📄|receipt 🧾|moneybag 💰|dollar 💵|heavy_dollar_sign 💲|abacus 🧮|scales ⚖️|
calendar 📅|date 📅|spiral_calendar_pad 🗓️|alarm_clock ⏰|hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|clock1 🕐|watch ⌚|
mag 🔍|mag_right 🔎|bulb 💡|bell 🔔|no_bell 🔕|lock 🔒|unlock 🔓|key 🔑|link 🔗|pushpin 📌|round_pushpin 📍|camera 📷|microphone 🎤|studio_microphone 🎙️|speaker 🔊|telephone_receiver 📞|email 📧|speech_balloon 💬|robot_face 🤖|recycle ♻️|wastebasket 🗑️|toolbox 🧰|gear ⚙️|wrench 🔧|hammer_and_wrench 🛠️|
arrow_up ⬆️|arrow_down ⬇️|arrow_right ➡️|arrow_left ⬅️|arrow_upper_right ↗️|arrow_lower_right ↘️|arrows_counterclockwise 🔄|leftwards_arrow_with_hook ↩️|heavy_plus_sign ➕|heavy_minus_sign ➖|new 🆕|sos 🆘|ok 🆗|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|zzz 💤|coffee ☕|sunny ☀️|snowflake ❄️|droplet 💧`;

const EMOJI = new Map(TABLE.replaceAll("\n", "").split("|").map((pair) => pair.split(" ")));

export function emoji(code) { return EMOJI.get(code); }
export const QUICK = ["white_check_mark", "+1", "eyes"];
export const PICKABLE = ["white_check_mark", "+1", "eyes", "pray", "warning", "question", "package", "tada"];
