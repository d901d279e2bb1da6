# digits of the format's counter, 11 is outside 1 to 10
object "Contact" {
  field "X__c" {
    type   = "autonumber"
    format = "{00000000000}"
  }
}
