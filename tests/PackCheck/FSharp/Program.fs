module PackCheck.Program

open System
open System.Runtime.CompilerServices
open Distillation.Keras
open Distillation.Keras.Layers
open TorchSharp

let samples = 64
let features = 4
let classes = 3

[<MethodImpl(MethodImplOptions.NoInlining)>]
let distil () =
    // The class is the place of the largest of the first three features.
    let random = Random 1
    let x = Array2D.init samples features (fun _ _ -> random.NextSingle())
    let y = Array2D.init samples classes (fun i j -> if j = Seq.maxBy (fun k -> x[i, k]) (seq { 0 .. classes - 1 }) then 1.0f else 0.0f)

    let teacher = Sequential(Input(4), Dense(8, activation = "relu"), Dense(3, activation = "softmax"))
    teacher.Compile(optimizer = "adam", loss = "categorical_crossentropy")
    teacher.Fit(x, y, epochs = 1, verbose = 0) |> ignore

    let result = Distiller(teacher).WithTemperature(5).Fit(x, y, epochs = 1, verbose = 0)

    use probabilities = result.Student.Predict(x)
    printfn "F#: probabilities (%s)" (String.Join(", ", probabilities.shape))
    if probabilities.shape <> [| int64 samples; int64 classes |] then
        failwith $"The shape is to be ({samples}, {classes})."
    for i in 0 .. samples - 1 do
        let sum = Seq.sumBy (fun j -> float (probabilities.GetSingle(int64 i, int64 j))) (seq { 0 .. classes - 1 })
        if not (abs (sum - 1.0) < 1e-5) then
            failwith $"Row {i} sums to {sum}, not to 1."

[<EntryPoint>]
let main _ =
    // Before the runtime has looked at anything of the library: the function above is compiled when it is called.
    use first = torch.tensor([| 1.0f; 2.0f; 3.0f |])
    printfn $"F#: {first.sum().item<float32> ()}"
    distil ()
    0
