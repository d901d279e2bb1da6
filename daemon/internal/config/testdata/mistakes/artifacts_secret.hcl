artifacts_url = "s3://AKIA:hunter2@evidence"
