using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Distillation.Keras.Backend;
using TorchSharp;

namespace Distillation.Keras;

/// <summary>
/// Where weights lie and a model computes: <c>"cpu"</c>, or an NVIDIA GPU, <c>"cuda"</c> or <c>"cuda:1"</c>. A string converts:
/// <c>model.Fit(x, y, device: "cuda")</c>.
/// </summary>
/// <remarks>
/// Immutable; two of one name are equal. Converts to and from TorchSharp's own <c>torch.Device</c>, so that <c>zeros(3, device:
/// weight.Device)</c> and <c>device: torch.CUDA</c> work. Whether the machine has the device is asked when something is moved there (and
/// before, by <see cref="IsAvailable"/>). Apple's <c>mps</c> has no float64, in which sums of losses are kept, and is refused.
/// </remarks>
public sealed record Device
{
    private const string Known = "\"cpu\", \"cuda\" (the first GPU) or \"cuda:1\" (by its number, from 0)";

    private readonly torch.Device _native;

    private Device(DeviceType type, int index)
    {
        Type = type.ToString().ToLowerInvariant();
        Index = index;
        _native = new torch.Device(type, type == DeviceType.CUDA ? index : -1);
    }

    /// <summary>The host: its processor and its memory. It is the default.</summary>
    public static Device Cpu { get; } = new(DeviceType.CPU, 0);

    /// <summary>The kind of device: <c>"cpu"</c> or <c>"cuda"</c>.</summary>
    public string Type { get; }

    /// <summary>Which one of its kind, from 0.</summary>
    public int Index { get; }

    /// <summary>Whether the machine has it, and the native library of the application can use it.</summary>
    public bool IsAvailable => Refusal is null;

    /// <summary>libtorch's device that has shapes and no values; for tests, which so see on which device something is computed.</summary>
    internal static Device Meta { get; } = new(DeviceType.META, 0);

    /// <summary>Whether it is the host, where nothing needs to be moved.</summary>
    internal bool IsHost => _native.type == DeviceType.CPU;

    /// <summary>A device by its name.</summary>
    /// <param name="name"><c>"cpu"</c>, <c>"cuda"</c> (the first GPU), or <c>"cuda:1"</c> (by its number, from 0).</param>
    /// <exception cref="ArgumentException">It is another name.</exception>
    public static Device Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string[] parts = name.Split(':');
        int index = 0;
        bool isNumbered = parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index);
        return parts[0].ToLowerInvariant() switch
        {
            "cpu" when parts.Length == 1 || (isNumbered && index == 0) => Cpu,
            "cuda" when parts.Length == 1 || isNumbered => new Device(DeviceType.CUDA, index),
            "mps" => throw NoDoubles(),
            _ => throw new ArgumentException($"A device is {Known}, but \"{name}\" was given.", nameof(name)),
        };
    }

    /// <summary>Its name, as <see cref="Parse"/> takes it: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public override string ToString() => IsHost ? Type : Invariant($"{Type}:{Index}");

    /// <inheritdoc/>
    public bool Equals(Device? other) =>
        ReferenceEquals(this, other) || (other is not null && _native.type == other._native.type && Index == other.Index);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_native.type, Index);

    /// <summary>A device by its name; <see langword="null"/> is none.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator Device?(string? name) => name is null ? null : Parse(name);

    /// <summary>TorchSharp's device as one of this library's; <see langword="null"/> is none.</summary>
    /// <exception cref="ArgumentException">It is neither the CPU nor a CUDA device.</exception>
    [return: NotNullIfNotNull(nameof(device))]
    public static implicit operator Device?(torch.Device? device) =>
        device?.type switch
        {
            null => null,
            DeviceType.CPU => Cpu,
            DeviceType.CUDA => new Device(DeviceType.CUDA, Math.Max(0, device.index)),
            DeviceType.MPS => throw NoDoubles(),
            _ => throw new ArgumentException($"A device is {Known}, but \"{device}\" was given.", nameof(device)),
        };

    /// <summary>The device as TorchSharp's functions take it; <see langword="null"/> is none.</summary>
    [return: NotNullIfNotNull(nameof(device))]
    public static implicit operator torch.Device?(Device? device) => device?._native;

    /// <summary>The device of a tensor.</summary>
    internal static Device Of(torch.Tensor tensor) =>
        tensor.device_type switch
        {
            DeviceType.CPU => Cpu,
            DeviceType.META => Meta,
            _ => tensor.device,
        };

    /// <summary>A tensor on this device: itself where it is there.</summary>
    internal torch.Tensor Moved(torch.Tensor tensor) => Of(tensor) == this ? tensor : tensor.to(_native);

    /// <summary>Refuses a device that the machine, or the native library of the application, does not have.</summary>
    /// <exception cref="NotSupportedException">It is not there; the message says what is, and what to do.</exception>
    internal void RequireAvailable()
    {
        if (Refusal is string refusal)
        {
            throw new NotSupportedException(refusal);
        }
    }

    private string? Refusal => _native.type == DeviceType.CUDA ? CudaDevices.Refusal(Index) : null;

    private static ArgumentException NoDoubles() =>
        new($"A device is {Known}, but \"mps\" was given: it has no float64, in which sums of losses and metrics are kept.", "name");
}
