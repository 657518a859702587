using System.Runtime.InteropServices;

namespace VxlanCsum.Node.Interop;

/// <summary>bpf(2) and perf_event_open(2), for which libc has no functions. Each sets errno.</summary>
internal static unsafe partial class BpfCalls
{
    private const int MapCreate = 0, MapLookup = 1, MapUpdate = 2, ProgramLoad = 5, RawTracepointOpen = 17;

    // BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_PERF_EVENT_ARRAY, BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP.
    private const uint ArrayMap = 2, PerfEventArray = 4, Tracing = 26, RawTracepoint = 23;
    private const int AttributeLength = 128, NameLength = 15;

    // PERF_TYPE_SOFTWARE, PERF_COUNT_SW_BPF_OUTPUT, PERF_SAMPLE_RAW, PERF_FLAG_FD_CLOEXEC, PERF_EVENT_IOC_ENABLE.
    private const uint SoftwareEvent = 1, PerfAttributeLength = 112;
    private const ulong BpfOutput = 10, RawSample = 1 << 10, Watermark = 1 << 14, PerfCloseOnExec = 8;
    private const nuint EnableEvent = 0x2400;

    private static readonly (nint Bpf, nint PerfEventOpen) s_numbers = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => (321, 298),
        Architecture.Arm64 or Architecture.LoongArch64 => (280, 241),
        Architecture.S390x => (351, 331),
        Architecture.Ppc64le => (361, 319),
        _ => (-1, -1),
    };

    /// <summary>A map of numbers of 64 bits.</summary>
    public static DescriptorHandle CreateCounters(int entries) => CreateMap(ArrayMap, sizeof(ulong), entries);

    /// <summary>A map of perf rings, one a processor.</summary>
    public static DescriptorHandle CreateRings(int processors) => CreateMap(PerfEventArray, sizeof(int), processors);

    /// <summary>Puts a value into a map.</summary>
    public static bool Update(DescriptorHandle map, int key, int value) => Element(MapUpdate, map, &key, &value) == 0;

    /// <summary>A counter; null where it cannot be read.</summary>
    public static ulong? Counter(DescriptorHandle map, int key)
    {
        ulong value;
        return Element(MapLookup, map, &key, &value) == 0 ? value : null;
    }

    /// <summary>Has the kernel check a program and take it.</summary>
    /// <param name="code">As assembled.</param>
    /// <param name="license">Of the program.</param>
    /// <param name="name">Shown by `bpftool prog`.</param>
    /// <param name="attachType">The tracepoint's type in the kernel's BTF.</param>
    /// <param name="log">Gets the verifier's words; empty where they are not wanted.</param>
    public static DescriptorHandle LoadProgram(ReadOnlySpan<byte> code, string license, string name, int attachType,
        Span<byte> log)
    {
        ReadOnlySpan<byte> licenseBytes = System.Text.Encoding.ASCII.GetBytes(license + '\0');
        fixed (byte* codeAt = code, licenseAt = licenseBytes, logAt = log)
        {
            var attribute = default(Attribute);
            byte* a = attribute.Bytes;
            *(uint*)a = Tracing;
            *(uint*)(a + 4) = (uint)code.Length / 8;
            *(ulong*)(a + 8) = (ulong)codeAt;
            *(ulong*)(a + 16) = (ulong)licenseAt;
            *(uint*)(a + 24) = log.IsEmpty ? 0u : 1u;
            *(uint*)(a + 28) = (uint)log.Length;
            *(ulong*)(a + 32) = (ulong)logAt;
            System.Text.Encoding.ASCII.GetBytes(name.AsSpan(0, Math.Min(name.Length, NameLength)),
                new Span<byte>(a + 48, NameLength));
            *(uint*)(a + 68) = RawTracepoint;
            *(uint*)(a + 108) = (uint)attachType;
            return Descriptor(Bpf(s_numbers.Bpf, ProgramLoad, a, AttributeLength));
        }
    }

    /// <summary>Attaches a program to the tracepoint that it was loaded for, for as long as the descriptor is
    /// open.</summary>
    public static DescriptorHandle Attach(DescriptorHandle program)
    {
        var attribute = default(Attribute);
        *(int*)(attribute.Bytes + 8) = program.Number;
        return Descriptor(Bpf(s_numbers.Bpf, RawTracepointOpen, attribute.Bytes, AttributeLength));
    }

    /// <summary>An event of a processor to which programs write.</summary>
    /// <param name="processor">Its number.</param>
    /// <param name="wakeAt">So many bytes wake the reader.</param>
    public static DescriptorHandle OpenOutput(int processor, int wakeAt)
    {
        var attribute = default(Attribute);
        byte* a = attribute.Bytes;
        *(uint*)a = SoftwareEvent;
        *(uint*)(a + 4) = PerfAttributeLength;
        *(ulong*)(a + 8) = BpfOutput;
        *(ulong*)(a + 16) = 1;
        *(ulong*)(a + 24) = RawSample;
        *(ulong*)(a + 40) = Watermark;
        *(uint*)(a + 48) = (uint)wakeAt;
        return Descriptor(PerfEventOpen(s_numbers.PerfEventOpen, a, -1, processor, -1, PerfCloseOnExec));
    }

    /// <summary>From now on it takes what is written.</summary>
    public static bool Enable(DescriptorHandle output) => Libc.Ioctl(output, EnableEvent, 0) == 0;

    private static DescriptorHandle CreateMap(uint type, uint valueLength, int entries)
    {
        var attribute = default(Attribute);
        uint* a = (uint*)attribute.Bytes;
        a[0] = type;
        a[1] = sizeof(int);
        a[2] = valueLength;
        a[3] = (uint)entries;
        return Descriptor(Bpf(s_numbers.Bpf, MapCreate, attribute.Bytes, AttributeLength));
    }

    private static nint Element(int command, DescriptorHandle map, void* key, void* value)
    {
        var attribute = default(Attribute);
        *(int*)attribute.Bytes = map.Number;
        *(ulong*)(attribute.Bytes + 8) = (ulong)key;
        *(ulong*)(attribute.Bytes + 16) = (ulong)value;
        return Bpf(s_numbers.Bpf, command, attribute.Bytes, AttributeLength);
    }

    private static DescriptorHandle Descriptor(nint number)
    {
        var handle = new DescriptorHandle();
        Marshal.InitHandle(handle, number);
        return handle;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Bpf(nint number, int command, byte* attribute, uint length);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint PerfEventOpen(nint number, byte* attribute, int process, int processor, int group,
        ulong flags);

    /// <summary>union bpf_attr, or struct perf_event_attr: zero where nothing is said.</summary>
    private struct Attribute
    {
        public fixed byte Bytes[AttributeLength];
    }
}
