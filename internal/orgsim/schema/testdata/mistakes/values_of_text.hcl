# values and restricted belong to picklists, not to type "text"
object "Contact" {
  field "X__c" {
    type   = "text"
    values = ["a"]
  }
}
