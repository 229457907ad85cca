/* Says at once that a chosen file is too large, before it is sent.

   <input type="file" data-max-bytes="209715200"> */

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches?.("input[type=file][data-max-bytes]")) return;
  const most = Number(input.dataset.maxBytes);
  const large = [...input.files].find((file) => file.size > most);
  const field = input.closest(".field");
  field.classList.toggle("is-bad", Boolean(large));
  field.querySelectorAll(".error").forEach((line) => line.remove());
  if (!large) return;
  const line = Object.assign(document.createElement("p"), { className: "error" });
  line.setAttribute("role", "alert");
  line.textContent = `文件 ${megabytes(large.size)} MB，超过 ${megabytes(most)} MB。请分成几个文件，分次导入。`;
  input.value = "";
  input.after(line);
});

function megabytes(bytes) {
  return (bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, "");
}
