using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// The flow of the solution procedure (FSP): the student's products of two layers' channels are to be the teacher's, <c>G = F1ᵀ F2 / (h
/// w)</c>.
/// </summary>
/// <remarks>
/// <para>
/// Yim, Joo, Bae and Kim, A Gift from Knowledge Distillation: Fast Optimization, Network Minimization and Transfer Learning, CVPR 2017,
/// equations 1 and 2:
/// <c>sum_i lambda_i |G_i^T - G_i^S|²</c>, the sum over flows i and, squared, over the channels of both layers, one value a row; each
/// lambda is 1. Where the two maps of a model have different heights and widths, the larger one is pooled to the smaller by the maximum, in
/// adaptive windows. The paper trains the student by this term first and by the labels afterwards; here it is a term beside the others, or
/// the only one of a first fit.
/// </para>
/// <para>
/// RepDistiller takes the mean over the matrix (<see cref="ElementReduction.Mean"/>) and pools by the mean
/// (<see cref="FlowPooling.Average"/>).
/// </para>
/// <para>
/// Teacher and student have the same channels in the paper. Where they have not, an adapter makes them so:
/// <see cref="FeatureAdapter.Projection"/>. Heights and widths of the two models may differ. Immutable and safe to share.
/// </para>
/// </remarks>
public sealed class FlowOfSolutionProcedure : DistillationObjective
{
    /// <summary>One flow.</summary>
    /// <param name="teacherFirst">
    /// The teacher's layer where the flow begins; like all of these a map, (batch, height, width, channels).
    /// </param>
    /// <param name="teacherLast">The teacher's layer where it ends.</param>
    /// <param name="studentFirst">The student's layer where it begins, with the channels of <paramref name="teacherFirst"/>.</param>
    /// <param name="studentLast">The student's layer where it ends, with the channels of <paramref name="teacherLast"/>.</param>
    /// <param name="pooling">How the larger map of a model comes to the smaller one's size.</param>
    /// <param name="reduction">How the squared differences of the matrices' elements become one.</param>
    /// <param name="adapter">What is done to the student's maps; by default nothing.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    public FlowOfSolutionProcedure(
        LayerReference teacherFirst,
        LayerReference teacherLast,
        LayerReference studentFirst,
        LayerReference studentLast,
        FlowPooling pooling = FlowPooling.Max,
        ElementReduction reduction = ElementReduction.Sum,
        FeatureAdapter? adapter = null,
        string name = "flow_of_solution_procedure"
    )
        : this([new FeatureFlow(teacherFirst, teacherLast, studentFirst, studentLast)], pooling, reduction, adapter, name) { }

    /// <summary>Several flows, whose values are added up.</summary>
    /// <param name="flows">At least one.</param>
    /// <param name="pooling">How the larger map of a model comes to the smaller one's size.</param>
    /// <param name="reduction">How the squared differences of the matrices' elements become one.</param>
    /// <param name="adapter">What is done to the student's maps; by default nothing.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentException">There is no flow.</exception>
    public FlowOfSolutionProcedure(
        IReadOnlyList<FeatureFlow> flows,
        FlowPooling pooling = FlowPooling.Max,
        ElementReduction reduction = ElementReduction.Sum,
        FeatureAdapter? adapter = null,
        string name = "flow_of_solution_procedure"
    )
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(flows);
        Flows =
            flows.Count > 0 && !flows.Contains(null!)
                ? [.. flows]
                : throw new ArgumentException(
                    "There is at least one flow, and none of them is null. Give [new FeatureFlow(\"teacher_first\", \"teacher_last\", "
                        + "\"student_first\", \"student_last\")].",
                    nameof(flows)
                );
        Pooling = Arguments.Defined(pooling, nameof(pooling));
        Reduction = Arguments.Defined(reduction, nameof(reduction));
        Adapter = adapter ?? FeatureAdapter.None;
        Features =
        [
            .. Flows.SelectMany<FeatureFlow, FeaturePair>(f =>
                [new(f.TeacherFirst, f.StudentFirst, Adapter), new(f.TeacherLast, f.StudentLast, Adapter)]
            ),
        ];
    }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => ObjectiveNeeds.None;

    /// <summary>For each flow its first and its last pair of layers.</summary>
    public override IReadOnlyList<FeaturePair> Features { get; }

    /// <summary>The flows.</summary>
    public IReadOnlyList<FeatureFlow> Flows { get; }

    /// <summary>How the larger map of a model comes to the smaller one's size.</summary>
    public FlowPooling Pooling { get; }

    /// <summary>How the squared differences of the matrices' elements become one.</summary>
    public ElementReduction Reduction { get; }

    /// <summary>What is done to the student's maps.</summary>
    public FeatureAdapter Adapter { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        foreach (FeatureShapes pair in shapes.Features)
        {
            string[] problems = [.. MapRules.Problems("Flows", pair)];
            foreach (string problem in problems)
            {
                yield return problem;
            }

            if (problems.Length == 0 && pair.Teacher[-1] != pair.Student[-1])
            {
                yield return "The matrices of a flow have a row and a column for each channel, so both models have the same channels, "
                    + $"but the teacher's {pair.Pair.Teacher} has the shape {pair.Teacher} and the student's {pair.Pair.Student} the "
                    + $"shape {pair.Student}. Give adapter: FeatureAdapter.Projection, or choose layers of the same channels.";
            }
        }
    }

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        if (signals.TeacherFeatures.Concat(signals.StudentFeatures).FirstOrDefault(f => f.dim() != 4) is Tensor other)
        {
            throw new ArgumentException(
                "A flow is between two maps, (batch, height, width, channels), but one of the features has the shape "
                    + $"{Shape.FromSizes(other.shape)}.",
                nameof(signals)
            );
        }

        Tensor? total = null;
        for (int i = 0; i < Flows.Count; i++)
        {
            Tensor teacher = Matrix(signals.TeacherFeatures[2 * i], signals.TeacherFeatures[(2 * i) + 1], Pooling).detach();
            Tensor student = Matrix(signals.StudentFeatures[2 * i], signals.StudentFeatures[(2 * i) + 1], Pooling);
            Tensor rows = Reduction.Rows((teacher - student).Squared()).Times(Flows[i].Weight);
            total = total is null ? rows : total.Plus(rows);
        }

        return total!;
    }

    /// <summary>G = F1ᵀ F2 / (h w), (batch, channels of the first, channels of the last).</summary>
    internal static Tensor Matrix(Tensor first, Tensor last, FlowPooling pooling)
    {
        long height = Math.Min(first.shape[1], last.shape[1]);
        long width = Math.Min(first.shape[2], last.shape[2]);
        Tensor f = Pooled(first, height, width, pooling).flatten(1, 2);
        Tensor l = Pooled(last, height, width, pooling).flatten(1, 2);
        return f.transpose(1, 2).bmm(l).Over(height * width);
    }

    // libtorch pools with the channels first; the permutations are views.
    private static Tensor Pooled(Tensor map, long height, long width, FlowPooling pooling)
    {
        if (map.shape[1] == height && map.shape[2] == width)
        {
            return map;
        }

        Tensor x = map.permute(0, 3, 1, 2);
        Tensor y =
            pooling == FlowPooling.Max
                ? nn.functional.adaptive_max_pool2d(x, [height, width])
                : nn.functional.adaptive_avg_pool2d(x, [height, width]);
        return y.permute(0, 2, 3, 1);
    }
}
