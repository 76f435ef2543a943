/// Reads and writes messages with Google's own library, in Python: the other side of ``GoogleProtobufTests``.
///
/// Usage: `script MODULES-DIR SEED COUNT < samples.json`, where samples is `[{"type", "hex", "fields"}]` as Swift wrote
/// them; prints `{"faults": […], "samples": […]}` with random messages of its own.
let googleScript = #"""
  import importlib, json, random, sys
  sys.path.insert(0, sys.argv[1])
  from google.protobuf.descriptor import FieldDescriptor as F
  types = {}
  for name in ("query", "recurrence", "occurrence", "present_state"):
      module = importlib.import_module(name + "_pb2")
      for descriptor in module.DESCRIPTOR.message_types_by_name.values():
          types[descriptor.name] = getattr(module, descriptor.name)

  def plain(field, value):
      if field.type == F.TYPE_MESSAGE: return fields(value)
      if field.type == F.TYPE_BYTES: return value.hex()
      if field.type == F.TYPE_ENUM: return field.enum_type.values_by_number[value].name
      return value

  def fields(message):
      result = {}
      for field in message.DESCRIPTOR.fields:
          value = getattr(message, field.name)
          if field.label == F.LABEL_REPEATED:
              result[field.name] = [plain(field, v) for v in value]
          elif field.has_presence and not message.HasField(field.name):
              result[field.name] = None
          else:
              result[field.name] = plain(field, value)
      return result

  def encode(message): return message.SerializeToString(deterministic=True).hex()

  faults = []
  for i, sample in enumerate(json.load(sys.stdin)):
      message = types[sample["type"]]()
      message.ParseFromString(bytes.fromhex(sample["hex"]))
      if fields(message) != sample["fields"]:
          faults.append(f"{i} {sample['type']}: fields {fields(message)} != {sample['fields']}")
      if encode(message) != sample["hex"]:
          faults.append(f"{i} {sample['type']}: bytes {encode(message)} != {sample['hex']}")

  rng = random.Random(int(sys.argv[2]))
  WALL = {"due", "start", "rdates", "exdates", "occurrence", "local"}
  INSTANT = {"at", "completed_at"}

  def value(field):
      if field.type == F.TYPE_STRING:
          day = f"{rng.randint(1, 9999):04}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
          time = f"T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}"
          if field.name in WALL: return day + rng.choice(["", time])
          if field.name in INSTANT: return day + time + rng.choice(["", ".5", ".000000001"]) + "Z"
          return "".join(rng.choice("aZ9 é€😀\0\n\"") for _ in range(rng.choice([0, 1, 7, 130])))
      if field.type == F.TYPE_BYTES: return rng.randbytes(rng.choice([0, 1, 9, 200]))
      if field.type == F.TYPE_BOOL: return rng.choice([True, False])
      if field.type == F.TYPE_ENUM: return rng.choice(field.enum_type.values).number
      return rng.choice([0, 1, -1, 127, 128, 2**31, -2**63, 2**63 - 1, rng.randint(-2**63, 2**63 - 1)])

  def fill(message):
      for field in message.DESCRIPTOR.fields:
          if rng.random() < 0.25: continue
          if field.label == F.LABEL_REPEATED:
              for _ in range(rng.randint(0, 3)):
                  if field.type == F.TYPE_MESSAGE: fill(getattr(message, field.name).add())
                  else: getattr(message, field.name).append(value(field))
          elif field.type == F.TYPE_MESSAGE:
              getattr(message, field.name).SetInParent()
              fill(getattr(message, field.name))
          else:
              setattr(message, field.name, value(field))

  samples = []
  for name in sorted(types):
      for _ in range(int(sys.argv[3])):
          message = types[name]()
          fill(message)
          samples.append({"type": name, "hex": encode(message), "fields": fields(message)})
  json.dump({"faults": faults, "samples": samples}, sys.stdout)
  """#
