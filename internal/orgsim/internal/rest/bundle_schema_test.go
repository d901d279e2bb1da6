package rest_test

// fields is the schema of most tests: keys to name parents by, a custom object
// below Account, and fields of the types that describe tells apart.
const fields = `
object "Account" {
  field "Ext__c" {
    type        = "text"
    length      = 20
    unique      = true
    external_id = true
  }
}
object "Contact" {
  field "Key__c" {
    type        = "text"
    unique      = true
    external_id = true
  }
  field "Loose__c" {
    type        = "text"
    external_id = true
  }
  field "Parent__c" {
    type         = "reference"
    reference_to = "Part__c"
  }
  field "Secret__c" {
    type   = "text"
    hidden = true
  }
  duplicate_rule "Same_Phone" {
    match   = ["Phone"]
    action  = "alert"
    message = "Use one of these records?"
  }
}
object "Case" {
  assignment_rule "To_Bob" {
    when  = "Subject LIKE 'bob%'"
    owner = "bob@example.com"
  }
}
object "Part__c" {
  label_plural = "Spare Parts"
  field "Ext__c" {
    type        = "text"
    external_id = true
  }
  field "Account__c" {
    type         = "master_detail"
    reference_to = "Account"
  }
}
`
