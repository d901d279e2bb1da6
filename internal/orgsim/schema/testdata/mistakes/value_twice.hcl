# value_twice.hcl:3,3: object Contact: field "X__c": the picklist value "Done" stands there twice
object "Contact" {
  field "X__c" {
    type   = "picklist"
    values = ["done", "Done"]
  }
}
