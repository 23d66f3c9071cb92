"""The one place that builds things from settings and says who is connected to whom.

In files by who needs them, so that a question on the command line does not load what only Slack or the demo needs.
"""
