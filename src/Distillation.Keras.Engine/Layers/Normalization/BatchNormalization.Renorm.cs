using Distillation.Keras.Backend;
using Distillation.Keras.Initializers;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <content>
/// Batch renormalisation: weights <c>moving_stddev</c>, of which the moving variance is made, and <c>renorm_mean</c> and
/// <c>renorm_stddev</c>, by which batches are corrected.
/// </content>
public sealed partial class BatchNormalization
{
    private Variable? _movingStddev;
    private Variable? _renormMean;
    private Variable? _renormStddev;

    /// <summary>Whether batches are corrected by moving averages of their own.</summary>
    public bool Renorm { get; }

    /// <summary>The bounds of that correction.</summary>
    public RenormClipping? RenormClipping { get; }

    /// <summary>The weight of the old value in the averages that correct.</summary>
    public double RenormMomentum { get; }

    private void BuildRenorm(int channels)
    {
        if (Renorm)
        {
            var root = new RootOf(MovingVarianceInitializer);
            _movingStddev = AddWeight("moving_stddev", channels, root, trainable: false);
            _renormMean = AddWeight("renorm_mean", channels, MovingMeanInitializer, trainable: false);
            _renormStddev = AddWeight("renorm_stddev", channels, root, trainable: false);
        }
    }

    /// <summary>A normalised batch with the correction, gamma and beta. The averages take the batch in.</summary>
    /// <param name="normalized">The batch, channels on axis 1.</param>
    /// <param name="mean">Its mean, without gradient.</param>
    /// <param name="variance">Its variance, without gradient.</param>
    private Tensor Corrected(Tensor normalized, Tensor mean, Tensor variance)
    {
        long[] perChannel = [1, -1, .. Enumerable.Repeat(1L, (int)normalized.dim() - 2)];
        Tensor r;
        Tensor d;
        using (no_grad())
        {
            Tensor deviation = variance.Plus(Epsilon).sqrt();
            Tensor known = Wide(_renormStddev!.Value).AtLeast(Math.Sqrt(Epsilon));
            r = deviation.div(known);
            d = mean.sub(Wide(_renormMean!.Value)).div(known);
            r = RenormClipping!.Rmin is double least ? r.AtLeast(least) : r;
            r = RenormClipping.Rmax is double most ? r.AtMost(most) : r;
            d = RenormClipping.Dmax is double farthest ? d.Between(-farthest, farthest) : d;
            Move(_renormMean, mean, RenormMomentum);
            Move(_renormStddev, deviation, RenormMomentum);
            Move(_movingMean!, mean, Momentum);
            Move(_movingStddev!, deviation, Momentum);
            _movingVariance!.Value.copy_(Wide(_movingStddev!.Value).Squared().Minus(Epsilon).AtLeast(0.0));
        }

        Tensor y = normalized.mul(r.reshape(perChannel)).Plus(d.reshape(perChannel));
        y = _gamma is null ? y : y.mul(Wide(_gamma)!.reshape(perChannel));
        return _beta is null ? y : y.Plus(Wide(_beta)!.reshape(perChannel));
    }

    // Not a class that configurations name.
    private sealed class RootOf : Initializer
    {
        private readonly Initializer _square;

        internal RootOf(Initializer square) => _square = square;

        public override Tensor Call(Shape shape, ScalarType dtype = ScalarType.Float32) => _square.Call(shape, dtype).sqrt_();
    }
}
