import Synchronization

/// The metrics of one name, told apart by labels. Looking a child up takes a lock: keep the child where it is counted often.
public final class Family<Child: Metric>: Sendable {
  /// Children at most. Label values come from closed sets; should one not, what is too many counts in the child whose values
  /// are all `other`.
  public static var limit: Int { 1000 }

  public let name: String
  private let labels: [String]
  private let make: @Sendable () -> Child
  private let children = Mutex<Children>(Children())

  private struct Children {
    var byValues: [[String]: (child: Child, labels: String)] = [:]
    var order: [[String]] = []
  }

  init(name: String, labels: [String], make: @escaping @Sendable () -> Child) {
    precondition(labels.allSatisfy(ExpositionText.isLabelName), "a label of \(name) has no proper name")
    self.name = name
    self.labels = labels
    self.make = make
  }

  /// The child with these label values, in the order of the names.
  public func child(_ values: String...) -> Child {
    precondition(values.count == labels.count, "\(name) has the labels \(labels)")
    return children.withLock { children in
      if let found = children.byValues[values] { return found.child }
      let isOver = children.order.count >= Self.limit
      let values = isOver ? labels.map { _ in "other" } : values
      if let found = children.byValues[values] { return found.child }
      let child = make()
      children.byValues[values] = (child, ExpositionText.labels(labels, values))
      children.order.append(values)
      return child
    }
  }

  func append(to text: inout ExpositionText) {
    let all = children.withLock { children in children.order.compactMap { children.byValues[$0] } }
    for (child, labels) in all { child.append(name: name, labels: labels, to: &text) }
  }
}
