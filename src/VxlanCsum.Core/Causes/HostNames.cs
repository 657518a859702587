using VxlanCsum.Text;

namespace VxlanCsum.Causes;

/// <summary>Numbers for hosts that pasted text names by something else than an address ("master02.xc.test"), and
/// back.</summary>
internal sealed class HostNames
{
    /// <summary>Of distinct names; hostile text must not fill the memory. What comes later is one host.</summary>
    private const int Limit = 1 << 16;
    private const ulong Others = 1;
    private readonly Dictionary<string, ulong> _numbers = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _names = ["", "other hosts"];

    public HostId Number(string name)
    {
        if (!_numbers.TryGetValue(name, out ulong number))
        {
            if (_names.Count >= Limit)
            {
                return new HostId(0, Others, 0);
            }

            number = (ulong)_names.Count;
            _numbers.Add(name, number);
            _names.Add(SafeText.Escape(name));
        }

        return new HostId(0, number, 0);
    }

    /// <summary>The address or the name that stands behind it; null where there is neither.</summary>
    public string? Text(HostId address) =>
        address.IsAddress ? address.ToString() : address.IsNone ? null : _names[(int)address.Low];
}
