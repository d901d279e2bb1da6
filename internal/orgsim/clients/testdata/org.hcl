# What the clients find in the org besides the standard fields.
object "Account" {
  field "Ext__c" {
    type        = "text"
    length      = 20
    external_id = true
    unique      = true
  }
}

object "Contact" {
  field "Key__c" {
    type        = "text"
    length      = 40
    external_id = true
    unique      = true
  }
  field "Status__c" {
    type       = "picklist"
    values     = ["Not Started", "In Progress", "Done"]
    restricted = true
  }
  field "Score__c" {
    type      = "number"
    precision = 12
    scale     = 2
  }
  field "Active__c" {
    type = "checkbox"
  }
  field "Since__c" {
    type = "date"
  }
  field "Seen__c" {
    type = "datetime"
  }
  field "Note__c" {
    type   = "textarea"
    length = 1000
  }
}

object "Subscription__c" {
  label        = "Subscription"
  label_plural = "Subscriptions"
  field "Number__c" {
    type        = "text"
    length      = 20
    external_id = true
    unique      = true
    required    = true
  }
  field "Account__c" {
    type         = "reference"
    reference_to = "Account"
  }
}
