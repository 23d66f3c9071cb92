"""When: scheduled work, one file a job."""
