"""Makes the field rules known to Google's protobuf runtime, from the descriptor that the protovalidate wheel carries.

The wheel ships its rules for another protobuf runtime only. Generated modules import this name to find the options they use.
"""

from google.protobuf import descriptor_pb2, descriptor_pool, duration_pb2, field_mask_pb2, timestamp_pb2
from protovalidate._gen.buf.validate import validate_pb

# Imported so that the pool holds what the descriptor depends on.
_DEPENDENCIES = (descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2)

DESCRIPTOR = descriptor_pool.Default().AddSerializedFile(validate_pb.desc().proto.to_binary())
