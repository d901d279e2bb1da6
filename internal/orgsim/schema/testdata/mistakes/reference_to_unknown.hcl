# object Contact: field X__c refers to object "Nope__c", which the schema lacks
object "Contact" {
  field "X__c" {
    type         = "reference"
    reference_to = "Nope__c"
  }
}
