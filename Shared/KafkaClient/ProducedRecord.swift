import CRdKafka

/// A record on its way to librdkafka, which copies it.
struct ProducedRecord {
  let topic: String
  let partition: Int32?
  let key: [UInt8]?
  let value: [UInt8]?
  let headers: [KafkaHeader]
  let timestamp: Int64?

  /// Queues the record. On success its delivery report carries `opaque`; on an error nothing was taken over.
  func hand(to handle: KafkaHandle, opaque: UnsafeMutableRawPointer) -> KafkaError? {
    let list = headers.isEmpty ? nil : headerList()
    let error = topic.withCString { topic in
      withMemory(key) { key in
        withMemory(value) { value in
          withUnsafeTemporaryAllocation(of: rd_kafka_vu_t.self, capacity: 8) { arguments in
            var count = 0
            func add(_ type: rd_kafka_vtype_t, _ fill: (inout rd_kafka_vu_t) -> Void) {
              arguments.initializeElement(at: count, to: rd_kafka_vu_t())
              arguments[count].vtype = type
              fill(&arguments[count])
              count += 1
            }
            add(RD_KAFKA_VTYPE_TOPIC) { $0.u.cstr = topic }
            add(RD_KAFKA_VTYPE_KEY) { $0.u.mem = key }
            add(RD_KAFKA_VTYPE_VALUE) { $0.u.mem = value }
            add(RD_KAFKA_VTYPE_MSGFLAGS) { $0.u.i = RD_KAFKA_MSG_F_COPY }
            add(RD_KAFKA_VTYPE_OPAQUE) { $0.u.ptr = opaque }
            if let partition { add(RD_KAFKA_VTYPE_PARTITION) { $0.u.i32 = partition } }
            if let timestamp { add(RD_KAFKA_VTYPE_TIMESTAMP) { $0.u.i64 = timestamp } }
            if let list { add(RD_KAFKA_VTYPE_HEADERS) { $0.u.headers = list } }
            return rd_kafka_produceva(handle.pointer, arguments.baseAddress, count)
          }
        }
      }
    }
    guard let error else { return nil }
    if let list { rd_kafka_headers_destroy(list) }
    let failure = KafkaError(taking: error)
    return KafkaError(
      code: failure.code, name: failure.name, message: failure.message, topic: topic, partition: partition)
  }

  private typealias Memory = rd_kafka_vu_s.__Unnamed_union_u.__Unnamed_struct_mem

  /// A null pointer is Kafka's null; an empty value needs an address.
  private func withMemory<Value>(_ bytes: [UInt8]?, _ body: (Memory) -> Value) -> Value {
    guard let bytes else { return body(Memory(ptr: nil, size: 0)) }
    if bytes.isEmpty {
      var nothing: UInt8 = 0
      return withUnsafeMutablePointer(to: &nothing) { body(Memory(ptr: $0, size: 0)) }
    }
    return bytes.withUnsafeBytes {
      body(Memory(ptr: UnsafeMutableRawPointer(mutating: $0.baseAddress), size: $0.count))
    }
  }

  private func headerList() -> OpaquePointer? {
    let list = rd_kafka_headers_new(headers.count)
    for header in headers {
      withMemory(header.value) { memory in
        _ = rd_kafka_header_add(list, header.name, -1, memory.ptr, memory.size)
      }
    }
    return list
  }
}
