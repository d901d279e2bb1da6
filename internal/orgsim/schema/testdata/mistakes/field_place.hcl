# field_place.hcl:3,3: object Contact: field "X__c": length -1 is outside 1 to 255
object "Contact" {
  field "X__c" {
    type   = "text"
    length = -1
  }
}
