using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>
/// Bounds of the correction that batch renormalisation makes of a batch, (x · r + d): see <see cref="BatchNormalization"/>.
/// </summary>
/// <remarks>Immutable. Keras has a dictionary of the same names.</remarks>
public sealed class RenormClipping : IConfigValue<RenormClipping>
{
    /// <inheritdoc cref="RenormClipping" path="/summary"/>
    /// <param name="rmax">The largest r; <see langword="null"/>: any.</param>
    /// <param name="rmin">The least r; <see langword="null"/>: any.</param>
    /// <param name="dmax">The largest d, and without its sign the least; not negative; <see langword="null"/>: any.</param>
    /// <exception cref="ArgumentException">A number is out of its range, or the largest r is below the least.</exception>
    public RenormClipping(double? rmax = null, double? rmin = null, double? dmax = null)
    {
        Rmax = rmax is double most ? Arguments.Finite(most, nameof(rmax)) : null;
        Rmin = rmin is double least ? Arguments.Finite(least, nameof(rmin)) : null;
        Dmax = Arguments.NotNegative(dmax);
        if (rmax < rmin)
        {
            throw new ArgumentException(
                Invariant($"The rmax of renorm_clipping is not below its rmin, but it is {rmax}, and rmin {rmin}.")
            );
        }
    }

    /// <summary>The largest r.</summary>
    public double? Rmax { get; }

    /// <summary>The least r.</summary>
    public double? Rmin { get; }

    /// <summary>The largest d, and without its sign the least.</summary>
    public double? Dmax { get; }

    /// <summary>An object with the bounds that there are.</summary>
    public JsonNode ToJson()
    {
        var made = new JsonObject();
        foreach ((string key, double? value) in new[] { ("rmax", Rmax), ("rmin", Rmin), ("dmax", Dmax) })
        {
            if (value is double number)
            {
                made[key] = ConfigWriter.Real(number);
            }
        }

        return made;
    }

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static RenormClipping FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        JsonObject bounds = node.AsObject();
        ConfigReader.RefuseUnknownKeys("renorm_clipping", bounds, ["rmax", "rmin", "dmax"]);
        return new RenormClipping(Bound("rmax"), Bound("rmin"), Bound("dmax"));

        double? Bound(string key) => bounds[key] is JsonNode bound ? ConfigPrimitives.Real(bound) : null;
    }
}
