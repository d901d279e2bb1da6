# reference_to_number.hcl:5,20
object "Contact" {
  field "X__c" {
    type         = "reference"
    reference_to = {}
  }
}
