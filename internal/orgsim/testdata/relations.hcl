# Objects that point to each other, for the tests of relationship columns.
object "Account" {
  field "Ext__c" {
    type        = "text"
    length      = 40
    external_id = true
    unique      = true
  }
  field "Plain__c" {
    type = "text"
  }
  field "Secret_Key__c" {
    type        = "text"
    external_id = true
    hidden      = true
  }
}

object "Contact" {
  field "Key__c" {
    type        = "text"
    external_id = true
    unique      = true
  }
  field "My_Parent__c" {
    type         = "reference"
    reference_to = "Customer__c"
  }
  field "Hidden_Parent__c" {
    type         = "reference"
    reference_to = "Customer__c"
    hidden       = true
  }
}

object "Customer__c" {
  label        = "Customer"
  label_plural = "Customers"
  duplicate_rule "same name" {
    match   = ["Name"]
    action  = "alert"
    message = "Use one of these records?"
  }
  field "Number__c" {
    type        = "number"
    precision   = 8
    external_id = true
  }
}

object "Lead" {
  assignment_rule "web leads" {
    when  = "LeadSource = 'Web'"
    owner = "desk@orgsim.example"
  }
}
