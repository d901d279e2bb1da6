# a checkbox cannot be required
object "Contact" {
  field "X__c" {
    type     = "checkbox"
    required = true
  }
}
