/// What is measured, in this order: what writes comes last, so that all reads meet the same tasks.
enum Operation: String, Sendable, CaseIterable {
  case get, list, search, create

  var expectedStatus: Int { self == .create ? 201 : 200 }
}
