# precision 19 is outside 1 to 18
object "Contact" {
  field "X__c" {
    type      = "number"
    precision = 19
  }
}
