# format "C-0000" has no counter such as {0000}
object "Contact" {
  field "X__c" {
    type   = "autonumber"
    format = "C-0000"
  }
}
