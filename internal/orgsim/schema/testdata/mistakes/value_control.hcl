# holds a control character
object "Contact" {
  field "X__c" {
    type   = "picklist"
    values = ["a\u0007"]
  }
}
