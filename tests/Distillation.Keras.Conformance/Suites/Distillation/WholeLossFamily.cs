using Distillation.Keras.Notebook;
using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Distillation;

/// <summary>The whole loss of a fit: both halves with weights, missing labels, and sequences.</summary>
internal sealed class WholeLossFamily : IDistillationFamily
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Action<DistillationCase>> Objectives { get; } =
        new Dictionary<string, Action<DistillationCase>>
        {
            ["hinton"] = one => one.Run(x => Hinton(one, x)),
            ["sequence"] = one => one.Run(x => Sequence(one, x)),
            ["notebook_loss"] = Notebook,
        };

    private static Dictionary<string, Tensor> Hinton(DistillationCase one, DistillationInputs x)
    {
        Labels labels = Labels.Of(
            x["labels"],
            x["labels"].shape[0],
            Shape.FromSizes(x["student"].shape).With(0, null),
            Head.Of(Shape.FromSizes(x["student"].shape))
        );
        Tensor? classWeights = x.Has("class_weights") ? x["class_weights"].index_select(0, labels.Classes) : null;
        Tensor? weights = x.Has("weights") ? x["weights"] : null;
        bool labelsOnly = one.Reduction.Contains("only the hard half", StringComparison.Ordinal);
        Tensor? all =
            labelsOnly ? weights
            : weights is null ? classWeights
            : classWeights is null ? weights
            : weights * classWeights;

        bool byWeights =
            one.Formula.Contains("/ sum(w)", StringComparison.Ordinal)
            || one.Formula.Contains("/ number labelled", StringComparison.Ordinal);
        var found = new Dictionary<string, Tensor>();
        Tensor total = Total(
            new SoftTargets(one.Hyper("T"), scaleByTemperatureSquared: one.IsScaled),
            one,
            x,
            new ObjectiveSignals
            {
                StudentLogits = x["student"],
                TeacherLogits = x["teacher"],
                Labels = labels.Given,
            },
            new RowWeights(all, labels.Known?.to(x.Type), labelsOnly ? classWeights : null, DividesByWeights: byWeights),
            out Tensor hard,
            out Tensor soft
        );
        found["hard"] = hard;
        found["expected"] = total;

        // The fixture's soft half is without T².
        double squared = one.IsScaled ? one.Hyper("T") * one.Hyper("T") : 1;
        found["soft"] = soft / squared;
        return found;
    }

    private static Dictionary<string, Tensor> Sequence(DistillationCase one, DistillationInputs x)
    {
        SequenceReduction reduction = one.HyperText("reduction") switch
        {
            "tokens" => SequenceReduction.Tokens,
            "sequence_sum" => SequenceReduction.SequenceSum,
            "sequence_mean" => SequenceReduction.SequenceMean,
            "keras_weights" => SequenceReduction.AllTokens,
            string other => throw new FixtureException($"There is no reduction '{other}'."),
        };
        Tensor z = x["student"];
        TokenRows rows = TokenRows.Of(z, x["mask"].to(ScalarType.Bool), reduction);
        var signals = new ObjectiveSignals
        {
            StudentLogits = rows.Rows(z),
            TeacherLogits = rows.Rows(x["teacher"]),
            Labels = rows.Rows(x["labels"]),
        };
        Tensor total = Total(
            new SoftTargets(one.Hyper("T"), SoftTargetForm.KullbackLeibler),
            one,
            x,
            signals,
            new RowWeights(Share: rows.Share),
            out _,
            out _
        );
        return new() { ["expected"] = total };
    }

    // The sum that a fit makes, with the fixture's weights a and b.
    private static Tensor Total(
        SoftTargets soft,
        DistillationCase one,
        DistillationInputs x,
        ObjectiveSignals signals,
        RowWeights weights,
        out Tensor hardValue,
        out Tensor softValue
    )
    {
        var shapes = new ObjectiveShapes((int)x["student"].shape[^1], false, [], 1);
        Tensor? hard = new ObjectiveTerm(new HardLabels(null), "hard_loss", one.Hyper("a"), shapes, x.DType).Part(
            signals,
            weights,
            0,
            1,
            out hardValue
        );
        Tensor? teacher = new ObjectiveTerm(soft, "soft_loss", one.Hyper("b"), shapes, x.DType).Part(signals, weights, 0, 1, out softValue);
        return hard is null ? teacher!
            : teacher is null ? hard
            : hard + teacher;
    }

    private static void Notebook(DistillationCase one) =>
        one.Run(x =>
        {
            double temperature = one.Hyper("T");
            Tensor z = x["student"];
            Tensor targets = x["targets"];
            Tensor predictions = cat([nn.functional.softmax(z, -1), nn.functional.softmax(z / temperature, -1)], -1);
            var loss = new KnowledgeDistillationLoss(
                temperature,
                one.Hyper("lambda"),
                1,
                scale_by_temperature_squared: false,
                dtype: x.DType
            );
            Tensor expected = loss.Call(targets, predictions);

            // The metrics are of float32 probabilities, in both runs.
            using NumSharp.NDArray t = Backend.TensorConversion.ToNDArray(targets.detach().to(ScalarType.Float32));
            using NumSharp.NDArray p = Backend.TensorConversion.ToNDArray(predictions.detach().to(ScalarType.Float32));
            SplitBatch halves = SplitBatch.Of(targets, predictions, null);
            Tensor leaf = predictions.detach().requires_grad_();
            loss.Call(targets, leaf).backward();
            x.Leaf("predictions", leaf);
            return new()
            {
                ["expected"] = expected,
                ["hard"] = LossFunctions.CategoricalCrossentropy(halves.Labels, halves.Probabilities).mean(),
                ["soft"] = halves.SoftLogLoss(temperature).mean(),
                ["accuracy"] = tensor(DistillationMetrics.Accuracy(t, p)),
                ["top5"] = tensor(DistillationMetrics.Top5Accuracy(t, p)),
                ["predictions"] = predictions,
            };
        });
}
