artifacts_url = "azblb://evidence"
