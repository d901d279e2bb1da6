# A custom field of each type, for the tests.
object "Contact" {
  field "Text__c" {
    type   = "text"
    length = 20
  }
  field "Area__c" {
    type   = "textarea"
    length = 200
  }
  field "Long__c" {
    type   = "textarea"
    length = 32000
  }
  field "Mail__c" {
    type  = "email"
    label = "email field"
  }
  field "Number__c" {
    type      = "number"
    precision = 12
    scale     = 2
  }
  field "Count__c" {
    type = "number"
  }
  field "Price__c" {
    type  = "currency"
    scale = 2
  }
  field "Share__c" {
    type  = "percent"
    scale = 1
  }
  field "Flag__c" {
    type = "checkbox"
  }
  field "Day__c" {
    type = "date"
  }
  field "Moment__c" {
    type = "datetime"
  }
  field "Status__c" {
    type       = "picklist"
    values     = ["New", "Old"]
    restricted = true
  }
  field "Tags__c" {
    type   = "multipicklist"
    values = ["A", "B", "C"]
  }
  field "Site__c" {
    type = "url"
  }
  field "Ring__c" {
    type = "phone"
  }
  field "Parent__c" {
    type         = "reference"
    reference_to = "Account"
  }
  field "Serial__c" {
    type   = "autonumber"
    format = "C-{0000}"
  }
  field "Region__c" {
    type    = "formula"
    returns = "text"
    value   = "EMEA"
  }
  field "Key__c" {
    type        = "text"
    length      = 30
    external_id = true
    unique      = true
  }
  field "Exact__c" {
    type           = "text"
    external_id    = true
    unique         = true
    case_sensitive = true
  }
  field "Loose__c" {
    type        = "text"
    external_id = true
  }
  field "Secret__c" {
    type   = "text"
    hidden = true
  }
  field "Locked__c" {
    type      = "text"
    read_only = true
  }
}

object "Customer__c" {
  label        = "Customer"
  label_plural = "Customers"
  field "Customer_Id__c" {
    type        = "text"
    length      = 40
    external_id = true
    unique      = true
    required    = true
  }
  field "Total__c" {
    type  = "currency"
    scale = 2
  }
}
