# the format has 31 characters, and may have 30
object "Contact" {
  field "X__c" {
    type   = "autonumber"
    format = "FFFFFFFFFFFFFFFFFFFFFFFFFFFF{0}"
  }
}
