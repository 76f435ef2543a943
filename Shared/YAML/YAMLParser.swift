import CYAML

extension YAMLNode {
  /// The documents of a YAML file; empty ones are left out.
  /// - Parameter file: the name that errors say.
  /// - Throws: for what is not YAML 1.1, and beyond it for a key that stands twice, an alias without its anchor, more than
  ///   64 levels, more than 100,000 values with aliases counted as what they stand for, merge keys (`<<`), and keys that
  ///   are no scalars.
  public static func documents(_ bytes: [UInt8], file: String) throws(YAMLError) -> [YAMLNode] {
    var parser = YAMLParser(bytes, file: file)
    return try parser.documents()
  }
}

/// Builds trees from the events of libyaml.
private struct YAMLParser: ~Copyable {
  private static let maximumDepth = 64
  private static let maximumNodes = 100_000

  /// A value, and what an alias to it costs.
  private struct Measured {
    var node: YAMLNode
    var size: Int
    var height: Int
  }

  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  /// libyaml reads from here until it is deleted.
  private let input: UnsafeMutableBufferPointer<UInt8>
  private let file: String
  private var anchors: [String: Measured] = [:]
  private var nodesLeft = Self.maximumNodes

  init(_ bytes: [UInt8], file: String) {
    input = .allocate(capacity: bytes.count)
    _ = input.initialize(from: bytes)
    self.file = file
    yaml_parser_initialize(parser)
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  mutating func documents() throws(YAMLError) -> [YAMLNode] {
    var documents: [YAMLNode] = []
    while true {
      let event = try next()
      switch event.type {
      case YAML_STREAM_START_EVENT, YAML_DOCUMENT_END_EVENT: continue
      case YAML_DOCUMENT_START_EVENT:
        anchors = [:]
        guard let root = try node(from: try next(), depth: 0)?.node else { continue }
        if case .scalar(YAMLScalar(text: "", isQuoted: false, tag: nil)) = root.content { continue }
        documents.append(root)
      default: return documents
      }
    }
  }

  /// The value that begins with this event; nil where the event ends a sequence or a mapping instead.
  private mutating func node(from event: borrowing Event, depth: Int) throws(YAMLError) -> Measured? {
    let position = position(event.mark)
    guard depth <= Self.maximumDepth else { throw YAMLError(at: position, "more than 64 values lie inside each other") }
    if event.type == YAML_ALIAS_EVENT { return try alias(event.aliasName, at: position, depth: depth) }
    try charge(1, at: position)
    var size = 1
    var height = 0
    let content: YAMLNode.Content
    switch event.type {
    case YAML_SCALAR_EVENT: content = .scalar(event.scalar)
    case YAML_SEQUENCE_START_EVENT:
      var elements: [YAMLNode] = []
      while let element = try node(from: try next(), depth: depth + 1) {
        elements.append(element.node)
        size += element.size
        height = max(height, element.height + 1)
      }
      content = .sequence(elements)
    case YAML_MAPPING_START_EVENT:
      var entries: [YAMLNode.Entry] = []
      var keys: Set<String> = []
      while let key = try node(from: try next(), depth: depth + 1) {
        let name = try self.name(key.node)
        guard keys.insert(name).inserted else {
          throw YAMLError(at: key.node.position, "the key \"\(name)\" stands here a second time")
        }
        guard let value = try node(from: try next(), depth: depth + 1) else {
          throw YAMLError(at: key.node.position, "the key \"\(name)\" has no value")
        }
        entries.append(YAMLNode.Entry(key: name, keyPosition: key.node.position, value: value.node))
        size += 1 + value.size
        height = max(height, value.height + 1)
      }
      content = .mapping(entries)
    default:
      nodesLeft += 1
      return nil
    }
    let measured = Measured(node: YAMLNode(content: content, position: position), size: size, height: height)
    if let anchor = event.anchor { anchors[anchor] = measured }
    return measured
  }

  private mutating func alias(_ name: String, at position: YAMLPosition, depth: Int) throws(YAMLError) -> Measured {
    guard let target = anchors[name] else { throw YAMLError(at: position, "the anchor \"\(name)\" is not known") }
    guard depth + target.height <= Self.maximumDepth else {
      throw YAMLError(at: position, "more than 64 values lie inside each other")
    }
    try charge(target.size, at: position)
    return target
  }

  private mutating func charge(_ nodes: Int, at position: YAMLPosition) throws(YAMLError) {
    nodesLeft -= nodes
    guard nodesLeft >= 0 else {
      throw YAMLError(at: position, "the file has more than 100,000 values, aliases counted in full")
    }
  }

  private func name(_ key: YAMLNode) throws(YAMLError) -> String {
    guard case .scalar(let scalar) = key.content else { throw YAMLError(at: key.position, "a key must be a scalar") }
    guard scalar.isQuoted || scalar.text != "<<" else {
      throw YAMLError(at: key.position, "merge keys are not supported")
    }
    return scalar.text
  }

  private func next() throws(YAMLError) -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    return Event(event)
  }

  private func position(_ mark: yaml_mark_t) -> YAMLPosition {
    YAMLPosition(file: file, line: mark.line + 1, column: mark.column + 1)
  }

  private func failure() -> YAMLError {
    let reason = parser.pointee.problem.map { String(cString: $0) } ?? "there is not enough memory to read it"
    guard parser.pointee.error == YAML_READER_ERROR else {
      return YAMLError(at: position(parser.pointee.problem_mark), reason)
    }
    // Of octets that are not text libyaml tells the offset alone.
    let before = input.prefix(parser.pointee.problem_offset)
    let line = before.count { $0 == UInt8(ascii: "\n") }
    let column = before.count - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0)
    return YAMLError(at: YAMLPosition(file: file, line: line + 1, column: column + 1), reason)
  }
}

/// An event of libyaml, deleted once, with its owner.
private struct Event: ~Copyable {
  private var event: yaml_event_t

  init(_ event: yaml_event_t) { self.event = event }

  deinit {
    var event = event
    yaml_event_delete(&event)
  }

  var type: yaml_event_type_t { event.type }
  var mark: yaml_mark_t { event.start_mark }
  var aliasName: String { Self.text(event.data.alias.anchor) ?? "" }

  var scalar: YAMLScalar {
    let scalar = event.data.scalar
    return YAMLScalar(
      text: String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self),
      isQuoted: scalar.style != YAML_PLAIN_SCALAR_STYLE, tag: Self.text(scalar.tag))
  }

  var anchor: String? {
    switch type {
    case YAML_SCALAR_EVENT: Self.text(event.data.scalar.anchor)
    case YAML_SEQUENCE_START_EVENT: Self.text(event.data.sequence_start.anchor)
    case YAML_MAPPING_START_EVENT: Self.text(event.data.mapping_start.anchor)
    default: nil
    }
  }

  private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }
}
