# the picklist value " " is blank
object "Contact" {
  field "X__c" {
    type   = "picklist"
    values = [" "]
  }
}
