# a formula returns a plain type, not ""
object "Contact" {
  field "X__c" {
    type = "formula"
  }
}
