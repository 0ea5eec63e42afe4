using Distillation.Keras.Backend;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>
/// Means and sums of squared deviations of two arrays, column by column, over the batches of an epoch, and their correlation. No waiting.
/// </summary>
/// <remarks>
/// Batches are brought together by their means, so that columns far from 0 lose nothing: Chan, Golub and LeVeque, Updating Formulae and a
/// Pairwise Algorithm for Computing Sample Variances, 1979. In float64.
/// </remarks>
/// <param name="device">Where the arrays are.</param>
internal sealed class CorrelationSums(Device device)
{
    // Deviations below this part of the mean are rounding: float32 has no neighbours so near.
    private const double Rounding = 1e-13;

    private readonly List<Variable> _sums = [];
    private long _rows;

    /// <summary>Whether nothing was taken in.</summary>
    public bool IsEmpty => _rows == 0;

    /// <summary>Takes in a batch.</summary>
    /// <param name="teacher">(rows, columns).</param>
    /// <param name="student">(rows, columns).</param>
    public void Update(Tensor teacher, Tensor student)
    {
        long rows = teacher.shape[0];
        if (rows == 0)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor t = teacher.to(ScalarType.Float64);
        Tensor s = student.to(ScalarType.Float64);
        Tensor meanT = t.mean([0]);
        Tensor meanS = s.mean([0]);
        Tensor devT = t.subtract(meanT);
        Tensor devS = s.subtract(meanS);
        Tensor[] batch = [meanT, meanS, devT.mul(devT).sum(0L), devS.mul(devS).sum(0L), devT.mul(devS).sum(0L)];
        if (_sums.Count == 0)
        {
            // Made at the first batch, which tells how many columns there are.
            Make(meanT, batch.Length);
        }

        double share = (double)rows / (_rows + rows);
        double between = _rows * share;
        Tensor shiftT = meanT.subtract(_sums[0].Value);
        Tensor shiftS = meanS.subtract(_sums[1].Value);
        _sums[0].Value.AddScaled(shiftT, share);
        _sums[1].Value.AddScaled(shiftS, share);
        _sums[2].Value.AddScaled(batch[2], 1).AddProduct(shiftT, shiftT, between);
        _sums[3].Value.AddScaled(batch[3], 1).AddProduct(shiftS, shiftS, between);
        _sums[4].Value.AddScaled(batch[4], 1).AddProduct(shiftT, shiftS, between);
        _rows += rows;
    }

    private void Make(Tensor like, int count) =>
        _sums.AddRange(Enumerable.Range(0, count).Select(i => new Variable(zeros_like(like), Invariant($"sum_{i}"), trainable: false)));

    /// <summary>
    /// Pearson's r of each column, as a new tensor: 0 where the student's column is constant, NaN where the teacher's is.
    /// </summary>
    public Tensor ByColumn()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor varies = Varies(_sums[0].Value, _sums[2].Value);
        Tensor follows = Varies(_sums[1].Value, _sums[3].Value);
        Tensor size = _sums[2].Value.sqrt().mul(_sums[3].Value.sqrt());
        Tensor r = _sums[4].Value.div(where(follows.logical_and(varies), size, ones_like(size)));
        return r.Between(-1.0, 1.0).Replaced(follows.logical_not(), 0).Replaced(varies.logical_not(), double.NaN).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The mean of <see cref="ByColumn"/> over the columns in which the teacher's numbers differ, as a new scalar; NaN where there is none.
    /// </summary>
    public Tensor Result()
    {
        using DisposeScope scope = NewDisposeScope();
        if (_rows == 0)
        {
            return zeros(Array.Empty<long>(), ScalarType.Float64, device).MoveToOuterDisposeScope();
        }

        Tensor r = ByColumn();
        Tensor missing = r.isnan();
        Tensor sum = r.Replaced(missing, 0).sum();

        // 0 / 0 where there is no column.
        return sum.div(missing.logical_not().sum()).MoveToOuterDisposeScope();
    }

    /// <summary>Forgets all batches.</summary>
    public void Reset()
    {
        using DisposeScope scope = NewDisposeScope();
        _sums.ForEach(s => s.Value.zero_());
        _rows = 0;
    }

    /// <summary>The sums, taken down or put back.</summary>
    public void Exchange(StateExchange state)
    {
        _rows = state.Count("rows", _rows, long.MaxValue);
        int columns = (int)state.Count("columns", _sums.Count == 0 ? 0 : _sums[0].Shape[0]!.Value);
        if (columns == 0)
        {
            Reset();
            return;
        }

        if (_sums.Count == 0)
        {
            Make(zeros(columns, ScalarType.Float64, device), 5);
        }

        _sums.ForEach(s => state.Values(s.Name, s));
    }

    /// <summary>Frees the sums.</summary>
    public void Release() => _sums.ForEach(s => s.Release());

    private Tensor Varies(Tensor mean, Tensor squares) => squares.gt(mean.mul(mean).Times(Rounding * Rounding * _rows));
}
