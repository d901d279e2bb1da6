variable "salesforce_login_url" {
  description = "My Domain of the org, such as https://acme.my.salesforce.com."
  type        = string
}

variable "salesforce_client_id" {
  description = "Consumer key of the app that logs in."
  type        = string
}

variable "salesforce_client_secret" {
  description = "Consumer secret of the app that logs in."
  type        = string
  sensitive   = true
  ephemeral   = true # so that no saved plan holds it either
}

variable "reports_url" {
  description = "Folder of the reports as the daemon sees it, within its file_roots."
  type        = string
  default     = "file:///var/lib/reportsync/reports"
}
