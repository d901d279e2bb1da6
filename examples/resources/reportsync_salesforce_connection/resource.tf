variable "salesforce_client_secret" {
  type      = string
  ephemeral = true # never in a plan or a state
}

resource "reportsync_salesforce_connection" "production" {
  name        = "production"
  environment = "production"
  login_url   = "https://acme.my.salesforce.com" # the org's My Domain
  client_credentials = {
    client_id        = "3MVG9.consumer-key-of-your-app"
    client_secret_wo = var.salesforce_client_secret
  }
  limits = { daily_api_calls = 20000 } # of all runs together; the rest is for others
}
