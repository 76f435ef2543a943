/// A queue in an array, whose front moves forward and is cut off when it is longer than the rest.
struct FIFO<Element: Equatable> {
  private var elements: [Element] = []
  private var head = 0

  var isEmpty: Bool { head == elements.count }
  var first: Element? { isEmpty ? nil : elements[head] }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func prepend(_ front: [Element]) {
    if !front.isEmpty { elements.insert(contentsOf: front, at: head) }
  }

  mutating func popFirst() -> Element? {
    guard !isEmpty else { return nil }
    let element = elements[head]
    head += 1
    if head * 2 > elements.count {
      elements.removeSubrange(..<head)
      head = 0
    }
    return element
  }

  mutating func remove(_ element: Element) {
    if let index = elements[head...].firstIndex(of: element) { elements.remove(at: index) }
  }
}
