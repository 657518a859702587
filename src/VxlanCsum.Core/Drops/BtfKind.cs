namespace VxlanCsum.Drops;

/// <summary>The kinds of types in BTF (linux/btf.h: BTF_KIND_*).</summary>
internal enum BtfKind : byte
{
    Void = 0,
    Integer,
    Pointer,
    Array,
    Struct,
    Union,
    Enumeration,
    Forward,
    Typedef,
    Volatile,
    Const,
    Restrict,
    Function,
    Prototype,
    Variable,
    DataSection,
    Float,
    DeclarationTag,
    TypeTag,
    Enumeration64,
}
