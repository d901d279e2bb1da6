# object Contact: field "X__c": type "string" is none of [text textarea email
object "Contact" {
  field "X__c" {
    type = "string"
  }
}
