# scale 5 is outside 0 to 4
object "Contact" {
  field "X__c" {
    type      = "number"
    precision = 4
    scale     = 5
  }
}
