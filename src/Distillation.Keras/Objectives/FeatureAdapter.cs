namespace Distillation.Keras.Objectives;

/// <summary>
/// What makes a student's feature comparable with a teacher's of another shape. It is built from the shapes, trained with the student, and
/// no part of the result.
/// </summary>
/// <remarks>Immutable: a specification; each fit makes its own weights from it.</remarks>
public sealed class FeatureAdapter
{
    private FeatureAdapter(AdapterKind kind, bool normalization, bool bias, bool always)
    {
        Kind = kind;
        HasNormalization = normalization;
        HasBias = bias;
        IsAlways = always;
    }

    /// <summary>Nothing: the objective gets both features as they are.</summary>
    public static FeatureAdapter None { get; } = new(AdapterKind.None, false, false, false);

    /// <summary>
    /// The larger map is averaged to the smaller one's height and width, on either side; channels stay. Windows as in adaptive average
    /// pooling. With flat features, nothing.
    /// </summary>
    public static FeatureAdapter Pooling { get; } = new(AdapterKind.Pooling, false, false, false);

    /// <summary>
    /// The default of objectives that compare element by element. Where the shapes are equal, nothing. Otherwise the student's map is
    /// averaged (or, along an axis on which it is smaller, interpolated bilinearly) to the teacher's height and width, then projected to
    /// the teacher's channels by a 1x1 convolution with batch normalisation; flat features by a dense layer. A student's map goes to a
    /// teacher's flat feature by global average pooling.
    /// </summary>
    public static FeatureAdapter Projection { get; } = new(AdapterKind.Projection, true, true, false);

    internal AdapterKind Kind { get; }

    /// <summary>Whether a projection of maps is followed by batch normalisation.</summary>
    public bool HasNormalization { get; }

    /// <summary>Whether the projection has a bias (a projection of maps with batch normalisation has none).</summary>
    public bool HasBias { get; }

    /// <summary>Whether there is a projection even where the shapes are equal.</summary>
    public bool IsAlways { get; }

    /// <summary>
    /// A projection with other settings, such as FitNets' regressor: <c>FeatureAdapter.Regressor(normalization: false)</c>.
    /// </summary>
    /// <param name="normalization">Whether a projection of maps is followed by batch normalisation.</param>
    /// <param name="bias">Whether it has a bias, where no normalisation follows.</param>
    /// <param name="always">Whether it is there even where the shapes are equal.</param>
    public static FeatureAdapter Regressor(bool normalization = true, bool bias = true, bool always = false) =>
        new(AdapterKind.Projection, normalization, bias, always);
}
