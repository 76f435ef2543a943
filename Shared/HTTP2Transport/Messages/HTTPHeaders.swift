/// Header fields in order. Names are lower case, as HTTP/2 sends them (RFC 9113 §8.2); HTTP/1.1 names are lowered on arrival.
public struct HTTPHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral, Sequence {
  public struct Field: Sendable, Equatable {
    public let name: String
    public let value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  private var fields: [Field] = []

  public init() {}
  public init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { Field(name: $0.0, value: $0.1) }
  }

  public mutating func add(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

  public mutating func remove(_ name: String) { fields.removeAll { $0.name == name } }

  /// The first value of a lower-case name; setting replaces all of its values.
  public subscript(name: String) -> String? {
    get { fields.first { $0.name == name }?.value }
    set {
      remove(name)
      if let newValue { add(name, newValue) }
    }
  }

  /// Every value of a lower-case name, in order.
  public func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

  public var count: Int { fields.count }
  public func makeIterator() -> some IteratorProtocol<Field> { fields.makeIterator() }
}
