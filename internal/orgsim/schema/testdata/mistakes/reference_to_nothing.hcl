# a reference names its object in reference_to
object "Contact" {
  field "X__c" {
    type = "reference"
  }
}
