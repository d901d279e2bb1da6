# a field of type "date" can be neither unique nor an external id
object "Contact" {
  field "X__c" {
    type   = "date"
    unique = true
  }
}
