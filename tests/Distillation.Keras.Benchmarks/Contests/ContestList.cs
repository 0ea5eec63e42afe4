using Distillation.Keras.Benchmarks.Measuring;

namespace Distillation.Keras.Benchmarks.Contests;

/// <summary>All benchmarks by name, in the order in which they are run.</summary>
internal static class ContestList
{
    public static IReadOnlyDictionary<string, Func<DigitTensors, IContest>> All { get; } = Make();

    private static OrderedDictionary<string, Func<DigitTensors, IContest>> Make()
    {
        var all = new OrderedDictionary<string, Func<DigitTensors, IContest>>(StringComparer.Ordinal);
        all["fit_cnn"] = static data => new FitContest("fit_cnn", data, cnn: true);
        all["fit_mlp"] = static data => new FitContest("fit_mlp", data, cnn: false);
        all["distill_mlp"] = static data => new DistillContest("distill_mlp", data);
        foreach (int images in (int[])[1, 128, 1024])
        {
            all[$"predict_cnn_{images}"] = data => new PredictContest($"predict_cnn_{images}", data, cnn: true, images);
        }

        foreach (int images in (int[])[1, 128, 1024])
        {
            all[$"predict_mlp_{images}"] = data => new PredictContest($"predict_mlp_{images}", data, cnn: false, images);
        }

        all["layer_norm"] = static _ => new LayerNormContest("layer_norm");
        foreach (bool isGradient in (bool[])[false, true])
        {
            string suffix = isGradient ? "gradient" : "forward";
            all[$"conv1d_{suffix}"] = _ => ConvolutionContest.Sequences($"conv1d_{suffix}", isGradient);
            all[$"depthwise_{suffix}"] = _ => ConvolutionContest.Depthwise($"depthwise_{suffix}", isGradient);
        }

        all["lstm"] = static _ => RecurrentContest.Lstm("lstm");
        all["gru"] = static _ => RecurrentContest.Gru("gru");
        all["attention"] = static _ => new AttentionContest("attention");
        return all;
    }
}
