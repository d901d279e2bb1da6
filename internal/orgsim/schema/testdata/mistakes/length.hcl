# length 256 is outside 1 to 255
object "Contact" {
  field "X__c" {
    type   = "text"
    length = 256
  }
}
